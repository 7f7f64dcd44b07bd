"""Work that models do for people: ranking images to label, labeling them, predicting. No model can be installed yet."""
