namespace Recount.Server.Engines;

public sealed partial class EmbeddedPostgres
{
    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Version} runs as process {Pid}.")]
    private partial void LogRunning(string version, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL does not run and is started again: {Reason}")]
    private partial void LogFailed(string reason);
}
