using System.Data;
using Dapper;

namespace Recount.Database;

/// <summary>Reads <c>timestamptz</c> as <see cref="DateTimeOffset"/>: Npgsql hands Dapper a UTC DateTime.</summary>
internal sealed class TimestampHandler : SqlMapper.TypeHandler<DateTimeOffset>
{
    public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
        parameter.Value = value.ToUniversalTime();

    public override DateTimeOffset Parse(object value) =>
        value is DateTime utc ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) : (DateTimeOffset)value;
}
