using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>Zeros of a dataset's shape, in place of its files.</summary>
internal static class StandIn
{
    private const int Count = 256;

    public static SequenceDataset For(ExperimentSpec spec) => spec.Dataset switch
    {
        "mnist" or "pmnist" => new BlankSequences(Count, Square(spec.Side ?? 28), 1, 10),
        "cifar10" => new BlankSequences(Count, Square(spec.Side ?? 32), 3, 10),
        "stanford-dogs" => new BlankSequences(Count, Square(spec.Side!.Value), 3, 120),
        "dbpedia" => new BlankSequences(Count, spec.MaxLength!.Value, 1, 14),
        _ => throw new ArgumentException($"There is no stand-in for {spec.Dataset}.", nameof(spec)),
    };

    private static int Square(int side) => side * side;
}
