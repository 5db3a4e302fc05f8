CREATE TABLE dbo.lists (
  id int NOT NULL,
  title nvarchar(100) NOT NULL,
  CONSTRAINT pk_lists PRIMARY KEY (id)
);
