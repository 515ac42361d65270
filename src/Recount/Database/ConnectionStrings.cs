using Npgsql;

namespace Recount.Database;

/// <summary>Connection strings with the limits of this process.</summary>
internal static class ConnectionStrings
{
    public static bool IsValid(string text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception invalid) when (invalid is ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The pool of the running process. Options win over what the operator's string says about limits.</summary>
    public static string Runtime(string text, DatabaseOptions options) => new NpgsqlConnectionStringBuilder(text)
    {
        ApplicationName = "recount",
        MaxPoolSize = options.MaxConnections,
        Timeout = Seconds(options.ConnectTimeout),
        CommandTimeout = Seconds(options.CommandTimeout),
        IncludeErrorDetail = false,
    }.ConnectionString;

    /// <summary>One connection, closed for good after the migrations: a pooled one would keep the owner's rights.</summary>
    public static string Owner(string text, DatabaseOptions options) => new NpgsqlConnectionStringBuilder(text)
    {
        ApplicationName = "recount-migrate",
        Pooling = false,
        Timeout = Seconds(options.ConnectTimeout),
        CommandTimeout = Seconds(options.MigrationTimeout),
    }.ConnectionString;

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
