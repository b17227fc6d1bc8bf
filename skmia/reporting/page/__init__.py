"""What stands in each section of the page: plain values and pictures, from facts."""
