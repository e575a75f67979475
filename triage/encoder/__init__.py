"""The sentence encoder: a small language model fine-tuned on the corpus, run by onnxruntime."""
