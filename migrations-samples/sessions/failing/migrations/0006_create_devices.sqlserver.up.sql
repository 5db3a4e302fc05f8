CREATE TABLE dbo.devices (
  id int NOT NULL,
  name nvarchar(100) NOT NULL,
  CONSTRAINT pk_devices PRIMARY KEY (id)
);
