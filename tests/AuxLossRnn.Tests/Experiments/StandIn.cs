using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Experiments;

/// <summary>Zeros of a dataset's shape, in place of its files.</summary>
internal sealed class StandIn(int steps, int features, int classes) : SequenceDataset
{
    private const int Characters = 300; // the mean length of DBpedia's documents

    public static StandIn For(ExperimentSpec spec) => spec.Dataset switch
    {
        "mnist" or "pmnist" => new(Square(spec.Side ?? 28), 1, 10),
        "cifar10" => new(Square(spec.Side ?? 32), 3, 10),
        "stanford-dogs" => new(Square(spec.Side!.Value), 3, 120),
        "dbpedia" => new(Characters, 1, 14),
        _ => throw new ArgumentException($"There is no stand-in for {spec.Dataset}.", nameof(spec)),
    };

    public override int Count => 256;

    public override int Steps => steps;

    public override int Features => features;

    public override int Classes => classes;

    public override int Label(int index) => index % classes;

    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        long[] labels = [.. indices.ToArray().Select(index => (long)Label(index))];
        return new SequenceBatch(
            zeros(steps, labels.Length, features), // [T, B, F]
            zeros(steps, labels.Length, features, dtype: ScalarType.Byte), // [T, B, F]
            tensor(labels), // [B]
            full(labels.Length, steps, dtype: ScalarType.Int64)); // [B]
    }

    private static int Square(int side) => side * side;
}
