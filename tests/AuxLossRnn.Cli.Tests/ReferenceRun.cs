[assembly: AssemblyFixture(typeof(AuxLossRnn.Cli.Tests.ReferenceRun))]

namespace AuxLossRnn.Cli.Tests;

/// <summary>One tiny run that nothing interrupted, for all tests to compare with. Do not change its files.</summary>
public sealed class ReferenceRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReferenceRun()
    {
        Files = new RunFiles(_folder["reference"]);
        Result = AuxLoss.RunIn(_folder.Path, TinyRun.Train(Files.Folder)).ShouldExitWith(0);
    }

    internal RunFiles Files { get; }

    internal CommandResult Result { get; }

    public void Dispose() => _folder.Dispose();
}
