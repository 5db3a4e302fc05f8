CREATE TABLE dbo.items (
  id int NOT NULL,
  list_id int NOT NULL,
  text nvarchar(200) NOT NULL,
  CONSTRAINT pk_items PRIMARY KEY (id),
  CONSTRAINT fk_items_lists FOREIGN KEY (list_id) REFERENCES dbo.lists (id)
);
