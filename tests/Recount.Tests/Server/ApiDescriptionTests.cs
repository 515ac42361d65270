using System.Text.Json;
using System.Text.RegularExpressions;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Server;

public sealed partial class ApiDescriptionTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private RecountProcess server = null!;
    private JsonElement document;

    public async Task InitializeAsync()
    {
        server = RecountProcess.Start(directory["data"]);
        await server.ReadyAsync();
        using var api = await server.ConnectAsync();
        document = await api.GetAsync<JsonElement>("/api/v1/openapi.json", CancellationToken.None);
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void What_programs_rely_on_is_described()
    {
        var operations = Operations().Select(operation => operation.Name).ToHashSet();

        Assert.Superset(
            new HashSet<string>
            {
                "get /api/v1/sessions", "get /api/v1/sessions/{session}", "get /api/v1/sessions/{session}/events",
                "post /api/v1/sessions/import", "get /api/v1/conservation", "get /api/v1/apps", "post /api/v1/apps",
                "get /api/v1/tokens", "post /api/v1/tokens", "get /api/v1/doctor",
            },
            operations);
        Assert.All(operations, name => Assert.Contains(" /api/v1/", name));
    }

    [Fact]
    public void Each_operation_says_what_it_does_and_what_it_answers() =>
        Assert.All(Operations(), operation =>
        {
            Assert.True(operation.Value.TryGetProperty("summary", out _), $"{operation.Name} has no summary.");
            var answer = operation.Value.GetProperty("responses").EnumerateObject()
                .FirstOrDefault(response => response.Name.StartsWith('2'));
            Assert.True(
                answer.Name == "204" || (answer.Name is not null && answer.Value.TryGetProperty("content", out _)),
                $"{operation.Name} does not say what it answers.");
        });

    [Fact]
    public void Names_are_snake_case_as_in_the_answers() =>
        Assert.All(
            document.GetProperty("components").GetProperty("schemas").EnumerateObject()
                .Where(schema => schema.Value.TryGetProperty("properties", out _))
                .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject()),
            property => Assert.Matches(SnakeCase(), property.Name));

    private IEnumerable<(string Name, JsonElement Value)> Operations() =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);

    [GeneratedRegex("^[a-z0-9]+(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
