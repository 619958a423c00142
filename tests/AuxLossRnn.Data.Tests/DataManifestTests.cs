using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class DataManifestTests
{
    [Fact]
    public void The_embedded_manifest_has_the_four_datasets_with_their_terms()
    {
        Assert.Equal(
            ["mnist", "cifar10", "dbpedia", "stanford-dogs"], DataManifest.Embedded.Datasets.Select(dataset => dataset.Name));
        Assert.All(
            DataManifest.Embedded.Datasets,
            dataset => Assert.True(dataset.Title != "" && dataset.Licence != "" && dataset.Citation != "" && dataset.Files.Count > 0));
    }

    [Fact]
    public void Every_file_has_addresses_a_checksum_and_a_path_below_its_dataset() =>
        Assert.All(DataManifest.Embedded.Datasets, dataset => Assert.All(dataset.Files, file =>
        {
            Assert.StartsWith(dataset.Name + "/", file.Path);
            Assert.DoesNotContain("..", file.Path);
            Assert.NotEmpty(file.Mirrors);
            Assert.All(file.Mirrors, mirror => Assert.True(mirror.IsAbsoluteUri && mirror.Scheme is "http" or "https"));
            Assert.True(file.Size is null or > 0);
            Assert.True(file.Sha256 is not null || file.Md5 is not null);
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256 ?? new string('0', 64));
            Assert.Matches("^[0-9a-f]{32}$", file.Md5 ?? new string('0', 32));
        }));

    [Fact]
    public void Mnist_is_its_four_files_under_the_names_that_are_read() =>
        Assert.Equal(
            ["mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz", "mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz"],
            DataManifest.Embedded.Find("mnist").Files.Select(file => file.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void An_unknown_dataset_is_answered_with_those_there_are()
    {
        string message = Assert.Throws<UserException>(() => DataManifest.Embedded.Find("pmnist")).Message;

        Assert.Contains("'pmnist'", message);
        Assert.Contains("mnist, cifar10, dbpedia, stanford-dogs", message);
    }

    [Theory]
    [InlineData("""{"datasets":[{"name":"x","title":"x","licence":"x","citation":"x"}]}""")]
    [InlineData("""{"datasets":[],"more":1}""")]
    [InlineData("""{"datasets":null}""")]
    public void A_manifest_with_missing_or_unknown_fields_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => DataManifest.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))));

    [Fact]
    public async Task A_file_is_checked_for_being_there_its_size_and_its_content()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x", "abc"u8.ToArray());
        var file = new ManifestFile(
            "x", [], 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "900150983cd24fb0d6963f7d28e17f72");

        Assert.Null(await file.FindProblemAsync(path));
        Assert.Null(await (file with { Size = null, Sha256 = null }).FindProblemAsync(path));
        Assert.Equal("it is missing", await file.FindProblemAsync(path + "y"));
        Assert.Equal("it has 3 bytes instead of 1,234", await (file with { Size = 1234 }).FindProblemAsync(path));
        Assert.Contains("its SHA-256 is ba78", await (file with { Sha256 = new string('0', 64) }).FindProblemAsync(path));
        Assert.Contains("its MD5 is 9001", await (file with { Sha256 = null, Md5 = new string('0', 32) }).FindProblemAsync(path));
        await Assert.ThrowsAsync<InvalidOperationException>(() => (file with { Sha256 = null, Md5 = null }).FindProblemAsync(path));
    }
}
