CREATE TABLE dbo.sessions (
  id int NOT NULL,
  user_name nvarchar(100) NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (id)
);
