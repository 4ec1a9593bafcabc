"""Identity resolution for a warehouse-native customer 360."""
