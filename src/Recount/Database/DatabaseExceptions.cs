namespace Recount.Database;

/// <summary>PostgreSQL is not there now; the same call may succeed later.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database must not be used as it is; the message says what somebody has to change.</summary>
public sealed class DatabaseRefusedException(string message, Exception? inner = null) : Exception(message, inner);
