"""What is told of each kind of result, column by column."""
