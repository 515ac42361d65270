using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Recount.Tests.Infrastructure.TestRun", "Recount.Tests")]

namespace Recount.Tests.Infrastructure;

/// <summary>
/// xunit's own way of running tests, and a moment after the last of them: what all of them shared is stopped there and
/// removed, which a process-exit handler is not given the time for.
/// </summary>
public sealed class TestRun(IMessageSink sink) : XunitTestFramework(sink)
{
    private static readonly List<Func<Task>> AtEnd = [];

    /// <summary>Runs once after all tests.</summary>
    public static void Finally(Func<Task> stop)
    {
        lock (AtEnd)
        {
            AtEnd.Add(stop);
        }
    }

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override async void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink messages, ITestFrameworkExecutionOptions options)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, messages, options);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(
        ITestAssembly assembly,
        IEnumerable<IXunitTestCase> testCases,
        IMessageSink diagnostics,
        IMessageSink messages,
        ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, testCases, diagnostics, messages, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            foreach (var stop in AtEnd)
            {
                await stop();
            }

            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
