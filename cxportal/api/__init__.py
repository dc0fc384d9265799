"""The API for tills, web shops, telephony and imports."""
