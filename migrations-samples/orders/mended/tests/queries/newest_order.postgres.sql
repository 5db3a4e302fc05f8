-- order: rows
SELECT id, state, placed_at FROM orders ORDER BY placed_at DESC LIMIT 1
