SELECT TOP 1 id, state, placed_at FROM orders ORDER BY placed_at DESC
