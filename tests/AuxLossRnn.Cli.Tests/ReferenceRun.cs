[assembly: AssemblyFixture(typeof(AuxLossRnn.Cli.Tests.ReferenceRun))]

namespace AuxLossRnn.Cli.Tests;

/// <summary>One tiny run that nothing interrupted, for all tests to compare with. Do not change its files.</summary>
public sealed class ReferenceRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(RunFiles Files, CommandResult Result)> _run;

    // Only where a test asks for it: the fixture is made with the quick tests too.
    public ReferenceRun() => _run = new(() =>
    {
        var files = new RunFiles(_folder["reference"]);
        return (files, AuxLoss.RunIn(_folder.Path, TinyRun.Train(files.Folder)).ShouldExitWith(0));
    });

    internal RunFiles Files => _run.Value.Files;

    internal CommandResult Result => _run.Value.Result;

    public void Dispose() => _folder.Dispose();
}
