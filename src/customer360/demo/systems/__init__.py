"""One module per source system: writes its extracts in the vendor's own shape."""
