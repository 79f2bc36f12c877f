"""Real training: designs as PyTorch modules, the data, the recipe, and the tasks made of them."""
