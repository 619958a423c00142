using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data.Tests;

public sealed class MnistTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_and_test_come_from_their_own_files_gzipped_or_plain()
    {
        _folder.Write("mnist/train-images-idx3-ubyte", IdxBytes.Images(2, 1, 1, [10, 11]));
        _folder.Write("mnist/train-labels-idx1-ubyte.gz", IdxBytes.Gzip(IdxBytes.Labels(1, 2)));
        _folder.Write("mnist/t10k-images-idx3-ubyte.gz", IdxBytes.Gzip(IdxBytes.Images(1, 1, 1, [12])));
        _folder.Write("mnist/t10k-labels-idx1-ubyte", IdxBytes.Labels(3));
        var root = new DataRoot(_folder.Path);

        Assert.Equal([10, 11], Mnist.Train(root).Levels);
        Assert.Equal([1, 2], Mnist.Train(root).Labels);
        Assert.Equal([12], Mnist.Test(root).Levels);
        Assert.Equal([3], Mnist.Test(root).Labels);
    }

    [Fact]
    public void Missing_files_are_named_with_every_way_out()
    {
        string message = Assert.Throws<UserException>(() => Mnist.Test(new DataRoot(_folder.Path))).Message;

        Assert.Contains(Path.Combine(_folder.Path, "mnist", "t10k-images-idx3-ubyte.gz"), message);
        Assert.Contains("auxloss data fetch mnist", message);
        Assert.Contains("DataRoot", message);
        Assert.Contains("AUXLOSSRNN_DATA", message);
        Assert.Contains("Dataset = \"stroke-digits\"", message);
    }

    [Fact]
    public void The_real_training_set_has_the_published_counts_and_labels()
    {
        ByteImages train = Mnist.Train(RealRoot());

        Assert.Equal((60_000, 28, 1, 10), (train.Count, train.Side, train.Channels, train.Classes));
        Assert.Equal([5, 0, 4, 1, 9], train.Labels[..5]);
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], Histogram(train));
        Assert.Equal(60_000 * 784, train.Levels.Length);

        // The mean level that everyone normalises by: 0.1307.
        Assert.Equal(0.1307, train.Levels.Average(level => level / 255.0), 4);
    }

    [Fact]
    public void The_real_test_set_has_the_published_counts_and_labels()
    {
        ByteImages test = Mnist.Test(RealRoot());

        Assert.Equal((10_000, 28, 1, 10), (test.Count, test.Side, test.Channels, test.Classes));
        Assert.Equal([7, 2, 1, 0, 4], test.Labels[..5]);
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], Histogram(test));
    }

    [Fact]
    public async Task The_real_files_are_those_of_the_manifest()
    {
        DataRoot root = RealRoot();
        foreach (ManifestFile file in DataManifest.Embedded.Find("mnist").Files)
        {
            Assert.SkipUnless(File.Exists(root.PathOf(file.Path)), $"'{root.PathOf(file.Path)}' is not there (a plain one may be).");
            Assert.Null(await file.FindProblemAsync(root.PathOf(file.Path)));
            Assert.Null(await (file with { Sha256 = null }).FindProblemAsync(root.PathOf(file.Path)));
        }
    }

    private static DataRoot RealRoot()
    {
        string? folder = Environment.GetEnvironmentVariable(DataRoot.EnvironmentVariable);
        Assert.SkipUnless(
            folder is not null && Directory.Exists(Path.Combine(folder, "mnist")),
            $"The real MNIST is not here: set {DataRoot.EnvironmentVariable} to a folder with mnist/ in it.");
        return new DataRoot(folder!);
    }

    private static int[] Histogram(ByteImages images)
    {
        int[] counts = new int[images.Classes];
        foreach (byte label in images.Labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
