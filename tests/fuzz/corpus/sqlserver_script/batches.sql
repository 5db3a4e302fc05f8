SELECT [it's], "x""y", N'a''b' /* /* */ */
GO 5 -- c
GOTO x
go
