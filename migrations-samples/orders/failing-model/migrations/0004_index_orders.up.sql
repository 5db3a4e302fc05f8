-- The same SQL on both engines needs one file.
CREATE INDEX ix_orders_customer ON orders (customer_id, placed_at DESC);
