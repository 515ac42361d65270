using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Recount.Primitives;

namespace Recount.Benchmarks;

/// <summary>
/// The least that a capture endpoint could do: read a body and throw it away; or append it to a file and fsync it, with
/// one fsync for all that wait.
/// </summary>
internal static class Floors
{
    public static Task DiscardAsync() => ServeAsync(async context =>
    {
        await DrainAsync(context);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    });

    public static async Task AppendAsync(string directory)
    {
        await using var log = new AppendLog(Path.Combine(directory, "floor"));
        await ServeAsync(async context =>
        {
            var body = new byte[(int)context.Request.ContentLength!];
            await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
            await log.AppendAsync(body);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        });
    }

    private static async Task DrainAsync(HttpContext context)
    {
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task ServeAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        Console.WriteLine($"ready at {app.Urls.First()}");

        // Whoever started it closes its standard input to end it.
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private sealed class AppendLog : IAsyncDisposable
    {
        private readonly Channel<(byte[] Body, TaskCompletionSource Done)> waiting =
            Channel.CreateUnbounded<(byte[], TaskCompletionSource)>();

        private readonly IAppendFile file;
        private readonly Task writing;

        public AppendLog(string path)
        {
            file = new PosixFileSystem().Create(path);
            writing = Task.Factory.StartNew(WriteAsync, TaskCreationOptions.LongRunning).Unwrap();
        }

        public Task AppendAsync(byte[] body)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Writer.TryWrite((body, done));
            return done.Task;
        }

        public async ValueTask DisposeAsync()
        {
            waiting.Writer.Complete();
            await writing;
            file.Dispose();
        }

        private async Task WriteAsync()
        {
            var group = new List<TaskCompletionSource>();
            while (await waiting.Reader.WaitToReadAsync())
            {
                while (waiting.Reader.TryRead(out var item))
                {
                    file.Append(item.Body);
                    group.Add(item.Done);
                }

                file.Sync();
                group.ForEach(done => done.SetResult());
                group.Clear();
            }
        }
    }
}
