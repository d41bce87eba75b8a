"""PyTorch and ONNX, if they are installed: modules that import this one are skipped where they are not."""

from extras import optional

torch = optional("torch")
onnx = optional("onnx")
nn = torch.nn

torch.set_num_threads(1)  # tensors are tiny: handing them to threads takes longer than they do
# In what is done as one operation the flop counter sees nothing: recurrent layers of oneDNN, and fast attention.
torch.backends.mkldnn.enabled = False
torch.backends.mha.set_fastpath_enabled(value=False)
