"""What a convolutional network costs: output sizes, weights, biases and multiply-accumulates, exactly."""
