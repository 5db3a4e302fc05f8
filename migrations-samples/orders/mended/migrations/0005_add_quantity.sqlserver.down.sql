ALTER TABLE dbo.order_lines DROP CONSTRAINT df_order_lines_quantity;
GO
ALTER TABLE dbo.order_lines DROP COLUMN quantity;
GO
