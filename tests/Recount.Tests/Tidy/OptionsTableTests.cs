using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Recount.Primitives;
using Recount.Server.Hosting;

namespace Recount.Tests.Tidy;

/// <summary>Compares the tables of <c>docs/operating.md</c> with the options classes.</summary>
public sealed class OptionsTableTests
{
    private static readonly Assembly[] Assemblies = [typeof(ByteSize).Assembly, typeof(ServerOptions).Assembly];

    [Fact]
    public void The_tables_of_options_are_what_the_options_are()
    {
        var documented = Regex.Matches(
                Repository.File("docs/operating.md").Text,
                @"^\| `(?<key>[A-Z]\w+:[\w:]+)` \| [^|]+ \| (?<default>[^|]+) \| (?<range>[^|]+) \|$",
                RegexOptions.Multiline)
            .Select(row => $"{row.Groups["key"]} | {row.Groups["default"]} | {row.Groups["range"]}")
            .ToArray();
        var options = Options().ToArray();
        Finding.None(options.Except(documented).Select(row => new Finding("docs/operating.md", 1, $"is missing: {row}"))
            .Concat(documented.Except(options).Select(row => new Finding("docs/operating.md", 1, $"is not so: {row}"))));
        Assert.Equal(options.Length, documented.Length);
    }

    [Fact]
    public void Every_options_class_is_bound_to_one_section()
    {
        var bound = Sections().Values.SelectMany(type => Nested(type).Prepend(type)).ToHashSet();
        var declared = Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type is { IsAbstract: false });
        Assert.Empty(declared.Where(type => !bound.Contains(type)).Select(type => type.FullName));
    }

    [Fact]
    public void Every_range_is_enforced_and_the_error_names_the_key()
    {
        foreach (var (section, type) in Sections())
        {
            foreach (var (key, range) in Ranges(section, Activator.CreateInstance(type)!))
            {
                var services = new ServiceCollection();
                services.AddSingleton<IConfiguration>(
                    new ConfigurationBuilder().AddInMemoryCollection([new(key, Above(range))]).Build());
                typeof(OptionsRegistration).GetMethod(nameof(OptionsRegistration.AddRecountOptions))!
                    .MakeGenericMethod(type).Invoke(null, [services, section]);
                using var provider = services.BuildServiceProvider();
                var options = provider.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
                var error = Assert.Throws<TargetInvocationException>(
                    () => options.GetType().GetProperty("Value")!.GetValue(options)).InnerException;
                Assert.Contains($"{key} (", Assert.IsType<OptionsValidationException>(error).Message);
            }
        }
    }

    private static IEnumerable<string> Options() => Sections()
        .SelectMany(section => Rows(section.Key, Activator.CreateInstance(section.Value)!));

    private static Dictionary<string, Type> Sections() => Repository.Below("src/", ".cs")
        .SelectMany(file => Regex.Matches(file.Text, @"AddRecountOptions<(\w+)>\(\s*(?:""(\w+)""|\w+\.Section)\s*\)"))
        .Select(match => (
            Type: Assemblies.SelectMany(assembly => assembly.GetTypes()).Single(type => type.Name == match.Groups[1].Value),
            Section: match.Groups[2].Value))
        .DistinctBy(bound => bound.Type)
        .ToDictionary(
            bound => bound.Section.Length > 0 ? bound.Section : (string)bound.Type.GetField("Section")!.GetValue(null)!,
            bound => bound.Type);

    private static IEnumerable<string> Rows(string section, object options)
    {
        foreach (var property in Settable(options.GetType()))
        {
            var key = $"{section}:{property.Name}";
            var value = property.GetValue(options);
            if (value is not null && IsNested(property.PropertyType))
            {
                foreach (var row in Rows(key, value))
                {
                    yield return row;
                }

                continue;
            }

            yield return $"{key} | {Written(value)} | {RangeOf(property)}";
        }
    }

    private static IEnumerable<(string Key, RangeAttribute Range)> Ranges(string section, object options) =>
        Settable(options.GetType()).SelectMany(property =>
        {
            var key = $"{section}:{property.Name}";
            var nested = IsNested(property.PropertyType) ? property.GetValue(options) : null;
            return nested is not null ? Ranges(key, nested)
                : property.GetCustomAttribute<RangeAttribute>() is { } range ? [(key, range)]
                : [];
        });

    private static string Above(RangeAttribute range) =>
        range.OperandType == typeof(TimeSpan)
            ? (TimeSpan.Parse((string)range.Maximum, CultureInfo.InvariantCulture) + TimeSpan.FromDays(1)).ToString()
        : range.OperandType == typeof(ByteSize)
            ? (ByteSize.Parse((string)range.Maximum).Bytes + 1).ToString(CultureInfo.InvariantCulture)
        : (Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<Type> Nested(Type type) => Settable(type)
        .Select(property => property.PropertyType)
        .Where(IsNested)
        .SelectMany(nested => Nested(nested).Prepend(nested));

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    private static bool IsNested(Type type) =>
        type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static string RangeOf(PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        return range is null ? "any" : $"{Bound(range, range.Minimum)}–{Bound(range, range.Maximum)}";
    }

    private static string Bound(RangeAttribute range, object bound) =>
        Written(bound is not string text ? bound
            : range.OperandType == typeof(TimeSpan) ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
            : range.OperandType == typeof(ByteSize) ? ByteSize.Parse(text)
            : bound);

    // TimeSpans and sizes as people write them; the environment takes "00:00:05" and "8 MiB".
    private static string Written(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        string { Length: 0 } => "none",
        IEnumerable list and not string => list.Cast<object>().Any() ? string.Join(", ", list.Cast<object>()) : "none",
        TimeSpan time => Duration(time),
        IFormattable number => number.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Duration(TimeSpan time)
    {
        var (amount, unit) = time switch
        {
            { TotalDays: >= 1 } => (time.TotalDays, time.TotalDays == 1 ? "day" : "days"),
            { TotalHours: >= 1 } => (time.TotalHours, "h"),
            { TotalMinutes: >= 1 } => (time.TotalMinutes, "min"),
            { TotalSeconds: >= 1 } => (time.TotalSeconds, "s"),
            { Ticks: 0 } => (0, "s"),
            _ => (time.TotalMilliseconds, "ms"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.##} {unit}");
    }
}
