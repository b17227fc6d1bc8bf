"""Other ways to fit: less of one record stays in the model."""
