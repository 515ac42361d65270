using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Recount.Capture;

/// <summary>Why a chunk was not taken; the closed list of <c>docs/capture-protocol.md</c>.</summary>
/// <param name="Reason">Stable reason.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="IsFinal">The same chunk will not be taken later.</param>
/// <param name="Title">What happened, in a sentence.</param>
public sealed record CaptureRefusal(string Reason, int Status, bool IsFinal, string Title)
{
    public static readonly CaptureRefusal KeyMalformed = Final(
        "key_malformed", StatusCodes.Status400BadRequest, "The capture key in the address is malformed.");

    public static readonly CaptureRefusal SessionMalformed = Final(
        "session_malformed", StatusCodes.Status400BadRequest, "The session in the address is no UUID version 4 in lower case.");

    public static readonly CaptureRefusal PageMalformed = Final(
        "page_malformed", StatusCodes.Status400BadRequest, "The page in the address is no UUID version 4 in lower case.");

    public static readonly CaptureRefusal SeqMalformed = Final(
        "seq_malformed", StatusCodes.Status400BadRequest, "The seq in the address is no number from 0 to 65535.");

    public static readonly CaptureRefusal KeyUnknown = Final(
        "key_unknown", StatusCodes.Status401Unauthorized, "No app has this capture key.");

    public static readonly CaptureRefusal KeyRetired = Final(
        "key_retired", StatusCodes.Status403Forbidden, "The capture key was rotated out.");

    public static readonly CaptureRefusal AppPaused = Final(
        "app_paused", StatusCodes.Status403Forbidden, "The app takes nothing at present.");

    public static readonly CaptureRefusal OriginNotAllowed = Final(
        "origin_not_allowed", StatusCodes.Status403Forbidden, "The app does not allow the request's origin.");

    public static readonly CaptureRefusal BodyTooLarge = Final(
        "body_too_large", StatusCodes.Status413PayloadTooLarge, "The body is larger than 4 MiB.");

    public static readonly CaptureRefusal ContentRejected = Final(
        "content_rejected", StatusCodes.Status422UnprocessableEntity, "The content cannot be archived as it is.");

    public static readonly CaptureRefusal BodyTooSlow = Passing(
        "body_too_slow", StatusCodes.Status408RequestTimeout, "The body came too slowly.");

    public static readonly CaptureRefusal KeyQuota = Passing(
        "key_quota", StatusCodes.Status429TooManyRequests, "The key is over its rate.");

    public static readonly CaptureRefusal AddressQuota = Passing(
        "address_quota", StatusCodes.Status429TooManyRequests, "The client's address is over its rate.");

    public static readonly CaptureRefusal SessionQuota = Passing(
        "session_quota", StatusCodes.Status429TooManyRequests, "The session is over its rate.");

    public static readonly CaptureRefusal KeysNotCurrent = Passing(
        "keys_not_current", StatusCodes.Status503ServiceUnavailable, "The node does not know at present which keys there are.");

    public static readonly CaptureRefusal MemoryFull = Passing(
        "memory_full", StatusCodes.Status503ServiceUnavailable, "Too many bodies are on their way.");

    public static readonly CaptureRefusal DiskReserve = Passing(
        "disk_reserve", StatusCodes.Status503ServiceUnavailable, "Free space is below the reserve of capture.");

    public static readonly CaptureRefusal StorageFailed = Passing(
        "storage_failed", StatusCodes.Status503ServiceUnavailable, "The bytes could not be made durable.");

    public static readonly CaptureRefusal Stopping = Passing(
        "stopping", StatusCodes.Status503ServiceUnavailable, "The node is shutting down.");

    public static IReadOnlyList<CaptureRefusal> All { get; } =
    [
        KeyMalformed, SessionMalformed, PageMalformed, SeqMalformed, KeyUnknown, KeyRetired, AppPaused, OriginNotAllowed,
        BodyTooSlow, BodyTooLarge, ContentRejected, KeyQuota, AddressQuota, SessionQuota, KeysNotCurrent, MemoryFull,
        DiskReserve, StorageFailed, Stopping,
    ];

    /// <summary>Answers with the refusal as a problem document.</summary>
    /// <param name="response">The response; nothing of it was sent.</param>
    /// <param name="retryAfter">When to try again; ignored when final.</param>
    /// <param name="detail">What to do, or which limit was met.</param>
    public Task WriteAsync(HttpResponse response, TimeSpan retryAfter, string? detail = null)
    {
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        long? retryAfterMs = null;
        if (!IsFinal)
        {
            // The header has whole seconds; rounding up keeps a client from coming early.
            var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
            retryAfterMs = seconds * 1000;
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var problem = new CaptureProblem($"urn:recount:refusal:{Reason}", Title, Status, Reason, detail, IsFinal, retryAfterMs);
        return JsonSerializer.SerializeAsync(
            response.Body, problem, CaptureJson.Default.CaptureProblem, response.HttpContext.RequestAborted);
    }

    private static CaptureRefusal Final(string reason, int status, string title) => new(reason, status, true, title);

    private static CaptureRefusal Passing(string reason, int status, string title) => new(reason, status, false, title);
}

internal sealed record CaptureProblem(
    string Type, string Title, int Status, string Reason, string? Detail, bool Final, long? RetryAfterMs);

internal sealed record CaptureReceipt(string Session, string Page, int Seq, string Sha256, int Bytes);

internal sealed record CaptureSettings(
    int Version, bool Recording, double Sample, string? Privacy, int ChunkIntervalMs, int ChunkBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CaptureReceipt))]
[JsonSerializable(typeof(CaptureSettings))]
internal sealed partial class CaptureAnswersJson : JsonSerializerContext;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CaptureProblem))]
internal sealed partial class CaptureJson : JsonSerializerContext;
