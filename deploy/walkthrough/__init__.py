"""The guide of 2016, walked through with the stock client and proved with packets."""
