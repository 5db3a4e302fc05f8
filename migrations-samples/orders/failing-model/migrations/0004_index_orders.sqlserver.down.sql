DROP INDEX ix_orders_customer ON dbo.orders;
