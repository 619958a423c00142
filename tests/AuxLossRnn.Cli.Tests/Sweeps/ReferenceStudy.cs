[assembly: AssemblyFixture(typeof(AuxLossRnn.Cli.Tests.Sweeps.ReferenceStudy))]

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>One tiny study that nothing interrupted, for all tests to compare with. Do not change its files.</summary>
public sealed class ReferenceStudy : IDisposable
{
    // Only where a test asks for it: the fixture is made with the quick tests too.
    private readonly Lazy<(TinyStudy Study, CommandResult Result)> _study = new(() =>
    {
        var study = new TinyStudy();
        return (study, study.Sweep("run").ShouldExitWith(0));
    });

    internal TinyStudy Study => _study.Value.Study;

    internal CommandResult Result => _study.Value.Result;

    public void Dispose()
    {
        if (_study.IsValueCreated)
        {
            Study.Dispose();
        }
    }
}
