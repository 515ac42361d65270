using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Access;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Capture;

/// <summary>
/// Takes chunks. Touches no database, no queue and no event store: what it must know is in memory, what it takes goes to
/// the intake, so it goes on while everything behind it is down.
/// </summary>
public sealed partial class CaptureEndpoints : IDisposable
{
    private const string ChunkRoute = "/capture/v1/{key}/{session}/{page}/{seq}";
    private const string ScriptRoute = "/capture/v1/recount.js";
    private const string SettingsRoute = "/capture/v1/{key}/settings";
    private static readonly EmbeddedFiles Scripts = new(typeof(CaptureEndpoints).Assembly, "Recount.Capture/");
    private readonly KeySnapshotCache keys;
    private readonly IntakeWriter intake;
    private readonly NodeClock clock;
    private readonly TimeProvider time;
    private readonly CaptureMetrics metrics;
    private readonly CaptureOptions options;
    private readonly CaptureRates rates;
    private readonly BodyBudget budget;
    private readonly DiskReserve disk;

    /// <summary>One at a time: an inflated body is outside of the budget of bodies on their way.</summary>
    private readonly SemaphoreSlim screening = new(1);
    private readonly ILogger<CaptureEndpoints> log;

    public CaptureEndpoints(
        KeySnapshotCache keys,
        IntakeWriter intake,
        NodeClock clock,
        TimeProvider time,
        CaptureMetrics metrics,
        IOptions<CaptureOptions> options,
        DiskReserve disk,
        ILogger<CaptureEndpoints> log)
    {
        this.keys = keys;
        this.intake = intake;
        this.clock = clock;
        this.time = time;
        this.metrics = metrics;
        this.options = options.Value;
        this.disk = disk;
        this.log = log;
        rates = new CaptureRates(this.options, time);
        budget = new BodyBudget(this.options);
        metrics.Observe(() => budget.UsedBytes);
    }

    public void Dispose() => screening.Dispose();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(ChunkRoute, [HttpMethods.Post, HttpMethods.Put], TakeAsync);
        routes.MapMethods(ChunkRoute, [HttpMethods.Options], AllowAsync);
        routes.MapGet(SettingsRoute, SettingsAsync);
        routes.MapGet(ScriptRoute, Script);
    }

    /// <summary>The browser SDK. Kept for a short time only, so that a mended SDK reaches visitors within the hour.</summary>
    private static IResult Script(HttpContext context)
    {
        AllowAnyOrigin(context.Response);
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Scripts.Find("recount.js")?.Send(context) ?? Results.NotFound();
    }

    private static Task AllowAsync(HttpContext context)
    {
        AllowAnyOrigin(context.Response);
        context.Response.Headers.AccessControlAllowMethods = "POST, PUT";
        context.Response.Headers.AccessControlAllowHeaders = "Content-Type";
        context.Response.Headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void AllowAnyOrigin(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Retry-After";
    }

    private async Task TakeAsync(HttpContext context)
    {
        AllowAnyOrigin(context.Response);
        var receivedAtMicros = clock.NowMicros;
        var query = CaptureQuery.Parse(context.Request.QueryString.Value);
        CaptureKey? key = null;
        var refusal = ParseAddress(context.Request.RouteValues, out var keyText, out var chunk)
            ?? FindKey(keyText, context.Request, out key);
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal, options.RetryAfter);
            return;
        }

        if (rates.TryTake(keyText, context.Connection.RemoteIpAddress, key!.Account, chunk.Session, query.WriteKeyHash)
            is { } overRate)
        {
            await RefuseAsync(context, overRate.Refusal, overRate.RetryAfter);
            return;
        }

        var announced = context.Request.ContentLength ?? ChunkContent.MaxBodyBytes;
        refusal = announced > ChunkContent.MaxBodyBytes ? CaptureRefusal.BodyTooLarge
            : disk.IsBelow ? CaptureRefusal.DiskReserve
            : null;
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal, options.RetryAfter);
            return;
        }

        if (budget.TryTake(keyText, (int)announced) is not { } lease)
        {
            await RefuseAsync(context, CaptureRefusal.MemoryFull, options.RetryAfter);
            return;
        }

        using (lease)
        {
            await TakeBodyAsync(context, key, chunk, query, receivedAtMicros, (int)announced);
        }
    }

    private async Task TakeBodyAsync(
        HttpContext context, CaptureKey key, ChunkId chunk, CaptureQuery query, long receivedAtMicros, int announced)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, announced));
        try
        {
            var (length, refusal) = await ReadBodyAsync(context, buffer.AsMemory(0, announced));
            if (refusal is not null)
            {
                await RefuseAsync(context, refusal, options.RetryAfter);
                return;
            }

            var body = buffer.AsMemory(0, length);
            if (key.Screened && await ScreenAsync(body, query.Text, context.RequestAborted) is { } fault)
            {
                await RefuseAsync(context, CaptureRefusal.ContentRejected, options.RetryAfter, fault);
                return;
            }

            await StoreAsync(context, body, new IntakeFrameHead
            {
                Account = key.Account,
                App = key.App,
                Chunk = chunk,
                ReceivedAtMicros = receivedAtMicros,
                ReceivedHash = Hash256.Of(body.Span),
                WriteKeyHash = query.WriteKeyHash,
                Query = query.Text,
            });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task StoreAsync(HttpContext context, ReadOnlyMemory<byte> body, IntakeFrameHead head)
    {
        var startedAt = time.GetTimestamp();
        var outcome = await intake.AppendAsync(head, body);
        if (outcome != IntakeOutcome.Durable)
        {
            var refusal = outcome == IntakeOutcome.Stopping ? CaptureRefusal.Stopping : CaptureRefusal.StorageFailed;
            await RefuseAsync(context, refusal, options.RetryAfter);
            return;
        }

        metrics.Accepted(body.Length, time.GetElapsedTime(startedAt));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        var receipt = new CaptureReceipt(
            head.Chunk.Session.ToString("D"),
            head.Chunk.Page.ToString("D"),
            head.Chunk.Seq,
            head.ReceivedHash.ToString(),
            body.Length);
        await JsonSerializer.SerializeAsync(
            context.Response.Body, receipt, CaptureAnswersJson.Default.CaptureReceipt, context.RequestAborted);
    }

    private static CaptureRefusal? ParseAddress(RouteValueDictionary route, out string key, out ChunkId chunk)
    {
        key = (string)route["key"]!;
        chunk = default;
        if (!CaptureQuery.IsKey(key))
        {
            return CaptureRefusal.KeyMalformed;
        }

        if (!ChunkId.TryParseUuid((string)route["session"]!, out var session))
        {
            return CaptureRefusal.SessionMalformed;
        }

        if (!ChunkId.TryParseUuid((string)route["page"]!, out var page))
        {
            return CaptureRefusal.PageMalformed;
        }

        if (!ChunkId.TryParseSeq((string)route["seq"]!, out var seq))
        {
            return CaptureRefusal.SeqMalformed;
        }

        chunk = new ChunkId(session, page, seq);
        return null;
    }

    private CaptureRefusal? FindKey(string text, HttpRequest request, out CaptureKey? key)
    {
        if (!keys.Current.TryGet(text, out key))
        {
            // An unknown key is only final when it is known that no app has it.
            return keys.IsCurrent ? CaptureRefusal.KeyUnknown : CaptureRefusal.KeysNotCurrent;
        }

        if (key.RetiresAt is { } retiresAt && NodeClock.ToMicros(retiresAt) <= clock.NowMicros)
        {
            return CaptureRefusal.KeyRetired;
        }

        if (key.Paused)
        {
            return CaptureRefusal.AppPaused;
        }

        var origin = request.Headers.Origin.ToString();
        return key.Origins.IsEmpty || key.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            ? null
            : CaptureRefusal.OriginNotAllowed;
    }

    private async Task<(int Length, CaptureRefusal? Refusal)> ReadBodyAsync(HttpContext context, Memory<byte> buffer)
    {
        var features = context.Features;
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // Bounded by the buffer, with an answer of our own.
        }

        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = new MinDataRate(options.LeastBodyBytesPerSecond, options.BodyGracePeriod);
        }

        try
        {
            return await CopyAsync(context.Request.BodyReader, buffer, context.RequestAborted);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException slow) when (slow.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return (0, CaptureRefusal.BodyTooSlow);
        }
    }

    private static async Task<(int Length, CaptureRefusal? Refusal)> CopyAsync(
        PipeReader reader, Memory<byte> buffer, CancellationToken token)
    {
        var length = 0;
        while (true)
        {
            var read = await reader.ReadAsync(token);
            if (length + read.Buffer.Length > buffer.Length)
            {
                reader.AdvanceTo(read.Buffer.End);
                return (0, CaptureRefusal.BodyTooLarge);
            }

            read.Buffer.CopyTo(buffer.Span[length..]);
            length += (int)read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (length, null);
            }
        }
    }

    /// <summary>Looks into a chunk of an account that filled half of its quarantine.</summary>
    /// <returns>What is wrong with it; null when it can be archived.</returns>
    private async Task<string?> ScreenAsync(ReadOnlyMemory<byte> body, string query, CancellationToken token)
    {
        await screening.WaitAsync(token);
        try
        {
            ChunkInspection.Inspect(body, ChunkQuery.Parse(query));
            return null;
        }
        catch (ChunkContentException fault)
        {
            return fault.Message;
        }
        finally
        {
            screening.Release();
        }
    }

    private Task RefuseAsync(HttpContext context, CaptureRefusal refusal, TimeSpan retryAfter, string? detail = null)
    {
        metrics.Refused(refusal);
        LogRefused(refusal.Reason);
        return refusal.WriteAsync(context.Response, retryAfter, detail);
    }

    private async Task SettingsAsync(HttpContext context)
    {
        AllowAnyOrigin(context.Response);
        var text = (string)context.Request.RouteValues["key"]!;
        CaptureKey? key = null;
        var refusal = CaptureQuery.IsKey(text) ? FindKey(text, context.Request, out key) : CaptureRefusal.KeyMalformed;
        if (refusal is not null && (refusal != CaptureRefusal.AppPaused || key is null))
        {
            await RefuseAsync(context, refusal, options.RetryAfter);
            return;
        }

        var settings = key!.Settings;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-cache";
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            new CaptureSettings(
                1, settings.Recording && !key.Paused, settings.Sample, settings.Privacy, settings.ChunkIntervalMs, settings.ChunkBytes),
            CaptureAnswersJson.Default.CaptureSettings,
            context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Debug, "A chunk was refused: {Reason}.")]
    private partial void LogRefused(string reason);
}
