ALTER TABLE dbo.order_lines ADD quantity int NOT NULL CONSTRAINT df_order_lines_quantity DEFAULT 1;
GO
