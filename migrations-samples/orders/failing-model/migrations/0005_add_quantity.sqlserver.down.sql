IF EXISTS (SELECT 1 FROM sys.default_constraints WHERE name = N'df_order_lines_quantity')
  ALTER TABLE dbo.order_lines DROP CONSTRAINT df_order_lines_quantity;
GO
ALTER TABLE dbo.order_lines DROP COLUMN quantity;
GO
