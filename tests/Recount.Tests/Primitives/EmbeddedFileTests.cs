using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Recount.Primitives;
using Recount.Recordings;

namespace Recount.Tests.Primitives;

public sealed class EmbeddedFileTests
{
    private static readonly EmbeddedFile Sdk = new EmbeddedFiles(typeof(SessionQueries).Assembly, "Recount.Capture/").Find("recount.js")!;

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", "")]
    [InlineData("", "")]
    public async Task It_goes_out_in_the_smallest_form_that_the_browser_takes(string accepted, string encoding)
    {
        var context = await SendAsync(request => request.Headers.AcceptEncoding = accepted);

        Assert.Equal(encoding, context.Response.Headers.ContentEncoding.ToString());
        Assert.Equal("Accept-Encoding", context.Response.Headers.Vary.ToString());
        Assert.Equal(Sdk.Content.ToArray(), Decode(context, encoding));
    }

    [Fact]
    public async Task Asked_for_by_its_version_it_may_be_kept_for_ever_and_else_it_is_asked_for_again()
    {
        var kept = await SendAsync(request => request.QueryString = new QueryString($"?v={Sdk.Version}"));
        var old = await SendAsync(request => request.QueryString = new QueryString("?v=000000000000"));

        Assert.Equal("public, max-age=31536000, immutable", kept.Response.Headers.CacheControl.ToString());
        Assert.Equal("no-cache", old.Response.Headers.CacheControl.ToString());
    }

    private static async Task<HttpContext> SendAsync(Action<HttpRequest> ask)
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
            Response = { Body = new MemoryStream() },
        };
        ask(context.Request);
        await Sdk.Send(context).ExecuteAsync(context);
        return context;
    }

    private static byte[] Decode(HttpContext context, string encoding)
    {
        var body = context.Response.Body;
        body.Position = 0;
        using var decoded = new MemoryStream();
        using Stream source = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        source.CopyTo(decoded);
        return decoded.ToArray();
    }
}
