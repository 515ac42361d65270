using Microsoft.Extensions.Logging;

namespace Recount.Database;

public sealed partial class DatabaseStartup
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The database is ready.")]
    private partial void LogReady();

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} migrations were applied.")]
    private partial void LogMigrated(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer: {Detail}")]
    private partial void LogUnreachable(string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database cannot be used: {Detail}")]
    private partial void LogRefused(string detail);
}
