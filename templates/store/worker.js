// Keeps the store screen for when the line drops. Its address (/store/worker.js) says which pages it may keep.
