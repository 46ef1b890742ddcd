"""The screen: state, caches, map, charts, tables, server. Streamlit lives only here, in app.py and in pages."""
