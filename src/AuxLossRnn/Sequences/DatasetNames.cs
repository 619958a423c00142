namespace AuxLossRnn.Sequences;

/// <summary>The kit's datasets by name, as specs and the command line write them.</summary>
public static class DatasetNames
{
    /// <summary>The drawn digits, which need no file.</summary>
    public const string StrokeDigits = "stroke-digits";

    /// <summary>MNIST, pixel by pixel.</summary>
    public const string Mnist = "mnist";

    /// <summary>MNIST, its pixels in one fixed random order.</summary>
    public const string PermutedMnist = "pmnist";

    /// <summary>CIFAR10.</summary>
    public const string Cifar10 = "cifar10";

    /// <summary>Stanford Dogs.</summary>
    public const string StanfordDogs = "stanford-dogs";

    /// <summary>DBpedia's ontology classification.</summary>
    public const string Dbpedia = "dbpedia";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [StrokeDigits, Mnist, PermutedMnist, Cifar10, StanfordDogs, Dbpedia];
}
