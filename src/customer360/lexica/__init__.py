"""Small word lists as package data; `README.md` in this folder says where each comes from."""
