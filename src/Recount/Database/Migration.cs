using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Recount.Primitives;

namespace Recount.Database;

/// <summary>One forward step of the schema, an embedded <c>NNNN_effect.sql</c>.</summary>
/// <param name="Number">Its place in the order; numbers may have holes.</param>
/// <param name="Name">The effect, from the file's name.</param>
/// <param name="Sql">The statements, run in one transaction.</param>
/// <param name="Sha256">Hash of the file, lower-case hex: an applied migration must never change.</param>
public sealed record Migration(int Number, string Name, string Sql, string Sha256)
{
    /// <summary>The migrations of this build, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load(typeof(Migration).Assembly);

    /// <exception cref="InvalidOperationException">A file's name is malformed or two share a number.</exception>
    public static Migration Of(string file, string sql)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        if (stem.Length < 6 || stem[4] != '_'
            || !int.TryParse(stem.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new InvalidOperationException($"Migration '{file}' must be named NNNN_effect.sql.");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        return new Migration(number, stem[5..], sql, hash);
    }

    private static Migration[] Load(Assembly assembly)
    {
        var migrations = new EmbeddedFiles(assembly, "Recount.Migrations/").All
            .Select(file => Of(file.Path, Encoding.UTF8.GetString(file.Content.Span)))
            .OrderBy(migration => migration.Number)
            .ToArray();
        var shared = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return shared is null
            ? migrations
            : throw new InvalidOperationException($"Two migrations have the number {shared.Key:0000}.");
    }
}
