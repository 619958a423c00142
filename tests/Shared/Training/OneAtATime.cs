namespace AuxLossRnn.Tests;

/// <summary>
/// Tests that compare models of one seed: initial weights come from libtorch's one generator, so no other test may draw
/// from it meanwhile.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    public const string Name = "one at a time";
}
