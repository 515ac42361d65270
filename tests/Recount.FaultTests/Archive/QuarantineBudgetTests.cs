using System.Net;
using System.Text;
using System.Text.Json;

namespace Recount.FaultTests.Archive;

public sealed class QuarantineBudgetTests(ArchiveServer archive) : IClassFixture<ArchiveServer>
{
    [Fact]
    public async Task An_account_over_half_of_its_quarantine_has_its_chunks_checked_before_they_are_acknowledged()
    {
        var data = await archive.CopyAsync();
        await using var server = await ArchiveServer.StartAsync(data, ("RECOUNT__Recordings__QuarantineBudget", "2 KiB"));
        using var client = server.CreateClient();
        var (session, page) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(0, """{"k":"event","d":{}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(1, new string('x', 1024))).StatusCode);
        HttpResponseMessage? refused = null;
        await ArchiveProof.UntilAsync(
            async () =>
            {
                refused = await SendAsync(1, new string('x', 1024));
                return refused.StatusCode == HttpStatusCode.Accepted ? "still accepted" : null;
            },
            server,
            data);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused!.StatusCode);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("content_rejected", problem.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(2, """{"k":"event","d":{}}""")).StatusCode);
        using var cli = server.CreateCliClient();
        await ArchiveProof.UntilAsync(
            async () =>
            {
                using var answer = await cli.GetAsync($"/api/v1/sessions/{session}");
                var text = await answer.Content.ReadAsStringAsync();
                return text.Contains("""{"from_seq":1,"to_seq":1,"cause":"quarantined"}""", StringComparison.Ordinal) ? null : text;
            },
            server,
            data);

        Task<HttpResponseMessage> SendAsync(int seq, string body) => client.PostAsync(
            $"/capture/v1/{archive.Key}/{session}/{page}/{seq}", new ByteArrayContent(Encoding.UTF8.GetBytes(body)));
    }
}
