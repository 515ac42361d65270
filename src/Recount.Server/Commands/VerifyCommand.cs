using System.CommandLine;
using System.Security.Cryptography;
using Recount.Wire.Segments;

namespace Recount.Server.Commands;

/// <summary><c>recount verify</c>: whether part files are what was sealed. It needs nothing but the files.</summary>
internal static class VerifyCommand
{
    private const string InstallationKey = "keys/signing.pub.pem";

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Part files (.rec).",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "The installation's public key (PEM); by default that of the data directory, when there is one.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command("verify", "Verify sealed parts offline.") { Files, Key };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken token)
    {
        var output = new CommandOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(CliOptions.Json));
        try
        {
            using var key = ReadKey(parsed);
            var verdicts = new List<Verdict>();
            foreach (var file in parsed.GetValue(Files)!)
            {
                verdicts.Add(await VerifyAsync(file, key, token).ConfigureAwait(false));
            }

            output.Write(verdicts, () => Write(output, verdicts));
            return verdicts.TrueForAll(verdict => verdict.Consistent && verdict.Authentic != false) ? 0 : 1;
        }
        catch (CommandException failure)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static void Write(CommandOutput output, List<Verdict> verdicts)
    {
        verdicts.ForEach(verdict => output.Line(verdict.ToString()));
        if (verdicts.Exists(verdict => verdict is { Consistent: true, Authentic: null }))
        {
            output.Line("Who sealed them was not checked: name the installation's public key with --key, or its directory with --data.");
        }
    }

    private static async Task<Verdict> VerifyAsync(string path, ECDsa? key, CancellationToken token)
    {
        try
        {
            using var source = new FileSource(path);
            var reader = await SegmentReader.OpenAsync(source, token).ConfigureAwait(false);
            await reader.VerifyAsync(null, token).ConfigureAwait(false);
            bool? authentic = key is null ? null : new SegmentSigner(key).Verify(reader.Root, reader.Signature);
            return new Verdict(path, true, authentic, reader.Root.ToString(), reader.Footer.Chunks.Count, null);
        }
        catch (SegmentException fault)
        {
            return new Verdict(path, false, null, null, 0, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Verdict(path, false, null, null, 0, $"It cannot be read: {fault.Message}");
        }
    }

    /// <returns>Null when no key was named and the data directory has none.</returns>
    private static ECDsa? ReadKey(ParseResult parsed)
    {
        var named = parsed.GetValue(Key);
        var path = named ?? Path.Combine(parsed.GetValue(CliOptions.Data)!, InstallationKey);
        if (named is null && !File.Exists(path))
        {
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new CommandException($"'{path}' holds no public key that can be read: {failure.Message}", failure);
        }
    }

    private sealed record Verdict(string File, bool Consistent, bool? Authentic, string? Root, int Chunks, string? Fault)
    {
        public override string ToString() => (Consistent, Authentic) switch
        {
            (false, _) => $"{File}: NOT consistent. {Fault}",
            (_, true) => $"{File}: consistent and authentic; {Chunks} chunks, root {Root}",
            (_, false) => $"{File}: consistent, and NOT signed by this key; {Chunks} chunks, root {Root}",
            _ => $"{File}: consistent; {Chunks} chunks, root {Root}",
        };
    }

    private sealed class FileSource(string path) : ISegmentSource, IDisposable
    {
        private readonly FileStream file = File.OpenRead(path);

        public long Length => file.Length;

        public async ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token)
        {
            file.Position = offset;
            await file.ReadExactlyAsync(buffer, token).ConfigureAwait(false);
        }

        public void Dispose() => file.Dispose();
    }
}
