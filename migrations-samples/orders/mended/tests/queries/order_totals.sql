-- What each order of a time costs: `paripassu query --migrations`
-- param since timestamp = 2026-01-01
-- key: order_id
SELECT l.order_id, SUM(l.price * l.quantity) AS total
FROM order_lines l
JOIN orders o ON o.id = l.order_id
WHERE o.placed_at >= :since
GROUP BY l.order_id
