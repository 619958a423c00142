using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

public sealed class DbpediaTests : IDisposable
{
    private const string Good = "1,\"A Title\",\"Some \"\"text\"\", and more.\"\n14,\"\",\"Ünder\"\n7,Short,\n2,,\n";
    private static readonly TextOptions Alphabet = new();
    private static readonly TextOptions Bytes = new() { Vocabulary = TextVocabulary.Bytes };

    private readonly TemporaryFolder _folder = new();

    private DataRoot Root => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("gzipped")]
    [InlineData("archive")]
    [InlineData("archive as named at its address")]
    public void Titles_and_abstracts_are_read_from_each_form_of_the_files(string form)
    {
        Write(form, Encoding.UTF8.GetBytes(Good));
        TextSequences train = Dbpedia.Train(Root, Alphabet);

        Assert.Equal(["a title\nsome \"text\", and more.", "\uFFFDnder", "short", ""], Enumerable.Range(0, 4).Select(train.Read));
        Assert.Equal([0, 13, 6, 1], Enumerable.Range(0, 4).Select(train.Label));
        Assert.Equal([30, 5, 5, 0], Enumerable.Range(0, 4).Select(train.Length));
        Assert.Equal((4, 30, 1, 71, 14, true), (train.Count, train.Steps, train.Features, train.Levels, train.Classes, train.HasSymbols));
        Assert.Equal("Ünder", Dbpedia.Train(Root, Bytes).Read(1));
        Assert.Equal(6, Dbpedia.Train(Root, Bytes).Length(1));
        Assert.Equal("some \"text\", and more.", Dbpedia.Train(Root, Alphabet with { AbstractOnly = true }).Read(0));
        Assert.Equal("a title\nso", Dbpedia.Train(Root, Alphabet with { MaxLength = 10 }).Read(0));
    }

    [Fact]
    public void Every_printable_ASCII_character_has_its_level_and_all_others_share_one()
    {
        string ascii = new([.. Enumerable.Range(32, 95).Select(code => (char)code)]);
        Write("plain", Encoding.UTF8.GetBytes($"1,,\"{ascii.Replace("\"", "\"\"", StringComparison.Ordinal)}\n\tä日😀\"\n"));
        TextSequences texts = Dbpedia.Train(Root, Alphabet);
        using SequenceBatch batch = texts.Batch([0]);
        byte[] levels = batch.Tokens.data<byte>().ToArray();

        Assert.Equal(ascii.ToLowerInvariant() + "\n\uFFFD\uFFFD\uFFFD\uFFFD", texts.Read(0));
        Assert.Equal(Enumerable.Range(0, 71).Select(level => (byte)level), levels.Distinct().Order());
        Assert.Equal([0, 0, 0, 0], levels[^4..]);
        Assert.Equal(levels.Select(level => level / 70f), batch.Inputs.data<float>().ToArray());
    }

    [Fact]
    public void A_batch_is_padded_to_its_own_longest_text()
    {
        Write("plain", Encoding.UTF8.GetBytes(Good));
        TextSequences train = Dbpedia.Train(Root, Alphabet);
        using SequenceBatch batch = train.Batch([2, 3, 1]);
        using SequenceBatch empty = train.Batch([3]);

        Assert.Equal([5, 3, 1], batch.Tokens.shape);
        Assert.Equal([5, 0, 5], batch.OwnLengths);
        Assert.Equal([6, 1, 13], batch.Labels.data<long>().ToArray());
        Assert.Equal([0, 0, 0, 0, 0], batch.Tokens[TensorIndex.Colon, 1, 0].data<byte>().ToArray());
        Assert.Equal((1, 0), (empty.Steps, empty.OwnLengths[0]));
    }

    public static TheoryData<string, byte[], string, string> Damaged => new()
    {
        { "quote never closed", Encoding.UTF8.GetBytes(Good + "3,\"a,b\n4,c,d\n"), "line 5", "never closed" },
        { "two columns", Encoding.UTF8.GetBytes(Good + "3,a\n"), "line 5", "expected three columns: the class, the title and the abstract, found 2" },
        { "four columns", Encoding.UTF8.GetBytes("3,a,b,c\n" + Good), "line 1", "found 4" },
        { "blank line", Encoding.UTF8.GetBytes("3,a,b\n\n" + Good), "line 2", "found a blank line before other rows" },
        { "class 0", Encoding.UTF8.GetBytes(Good + "0,a,b\n"), "line 5", "expected a class of 1 to 14 in the first column, found '0'" },
        { "class 15", Encoding.UTF8.GetBytes(Good + "15,a,b"), "line 5", "found '15'" },
        { "class -1", Encoding.UTF8.GetBytes("-1,a,b"), "line 1", "found '-1'" },
        { "class of text", Encoding.UTF8.GetBytes("class,title,content\n" + Good), "line 1", "found 'class'" },
        { "class and more", Encoding.UTF8.GetBytes("3x,a,b\n"), "line 1", "found '3x'" },
        { "no class", Encoding.UTF8.GetBytes(",a,b\n"), "line 1", "found ''" },
        { "zero byte", Encoding.UTF8.GetBytes(Good + "3,\"a\0\",b\n"), "line 5", "a zero byte" },
        { "Latin 1", [.. Encoding.UTF8.GetBytes(Good), .. "3,a,caf"u8, 0xE9, (byte)'\n'], "line 5", "UTF-8" },
        { "empty", [], "", "is empty" },
        { "only blank lines", "\n\n"u8.ToArray(), "", "is empty" },
        { "only a mark", [0xEF, 0xBB, 0xBF], "", "is empty" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_refused_with_file_and_line(string name, byte[] content, string line, string what)
    {
        foreach (string form in new[] { "plain", "gzipped", "archive" })
        {
            using var folder = new TemporaryFolder();
            string path = Write(folder, form, content);
            string message = Assert.Throws<UserException>(() => Dbpedia.Train(new DataRoot(folder.Path), Alphabet)).Message;

            Assert.All(new[] { path, line, what }, part => Assert.True(message.Contains(part, StringComparison.Ordinal), $"{name}, {form}: {message}"));
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("gzipped")]
    [InlineData("archive")]
    public void A_blank_line_at_the_end_is_no_damage(string form)
    {
        Write(form, Encoding.UTF8.GetBytes(Good + "\n\r\n"));

        Assert.Equal(4, Dbpedia.Train(Root, Alphabet).Count);
    }

    [Fact]
    public void A_gzipped_file_may_be_of_several_members_and_is_refused_where_the_last_is_cut()
    {
        byte[][] members = [.. new[] { Good, "3,a,b\n", Good + "4,c,d\n" }.Select(rows => IdxBytes.Gzip(Encoding.UTF8.GetBytes(rows)))];
        byte[] whole = [.. members.SelectMany(member => member)];
        string path = _folder.Write("dbpedia/train.csv.gz", whole);
        Assert.Equal(10, Dbpedia.Train(Root, Alphabet).Count);

        for (int cut = 1; cut < members[^1].Length; cut++)
        {
            File.WriteAllBytes(path, whole[..^cut]);
            Assert.Contains(path, Assert.Throws<UserException>(() => Dbpedia.Train(Root, Alphabet)).Message);
        }

        File.WriteAllBytes(path, [.. whole, 1, 2, 3, 4, 5, 6, 7, 0]);
        Assert.Throws<UserException>(() => Dbpedia.Train(Root, Alphabet));
    }

    [Theory]
    [InlineData("gzipped")]
    [InlineData("archive")]
    public void A_compressed_file_that_is_cut_off_anywhere_is_refused(string form)
    {
        // Rows that do not compress, so that the cuts fall into the rows.
        var random = new RandomStream(1, RandomPurpose.Drawing);
        string rows = string.Concat(Enumerable.Range(0, 300).Select(_ => $"{1 + random.Next(14)},,\"{random.NextUInt64():x}{random.NextUInt64():x}\"\n"));
        string path = Write(form, Encoding.UTF8.GetBytes(rows));
        byte[] whole = File.ReadAllBytes(path);
        Assert.Equal(300, Dbpedia.Train(Root, Alphabet).Count);

        foreach (int length in Enumerable.Range(0, 40).Select(i => whole.Length * i / 40).Concat(Enumerable.Range(1, 30).Select(less => whole.Length - less)))
        {
            File.WriteAllBytes(path, whole[..length]);
            string message = Assert.Throws<UserException>(() => Dbpedia.Train(Root, Alphabet)).Message;
            Assert.Contains(path, message);
        }
    }

    [Theory]
    [InlineData("gzipped")]
    [InlineData("archive")]
    public void A_bit_that_flips_in_compressed_rows_is_noticed(string form)
    {
        string path = Write(form, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{1 + i % 14},,\"row {i * i}\"\n"))));
        byte[] whole = File.ReadAllBytes(path);
        for (int at = whole.Length / 8; at < whole.Length * 7 / 8; at += 5)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 4;
            File.WriteAllBytes(path, changed);
            Assert.Contains(path, Assert.Throws<UserException>(() => Dbpedia.Train(Root, Alphabet)).Message);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Bytes_changed_at_random_are_refused_in_words_or_read()
    {
        byte[] good = Encoding.UTF8.GetBytes(Good);
        foreach (string form in new[] { "plain", "gzipped", "archive" })
        {
            using var folder = new TemporaryFolder();
            string path = Write(folder, form, good);
            byte[] whole = File.ReadAllBytes(path);
            for (int seed = 0; seed < 300; seed++)
            {
                var random = new RandomStream(seed, RandomPurpose.Drawing);
                byte[] changed = [.. whole];
                for (int i = 0; i < 1 + random.Next(3); i++)
                {
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(path, changed);
                if (Record.Exception(() => Dbpedia.Train(new DataRoot(folder.Path), Alphabet)) is Exception failure)
                {
                    Assert.IsType<UserException>(failure);
                }
            }
        }
    }

    [Fact]
    public void Missing_files_are_named_with_every_way_out()
    {
        string message = Assert.Throws<UserException>(() => Dbpedia.Test(Root, Alphabet)).Message;

        Assert.All(
            [Path.Combine(_folder.Path, "dbpedia", "test.csv"), "dbpedia_csv.tar.gz", "dbpedia_csv.tgz", "auxloss data fetch dbpedia", "DataRoot", "AUXLOSSRNN_DATA"],
            part => Assert.Contains(part, message));
        _folder.Write("dbpedia/dbpedia_csv.tar.gz", Tar(("dbpedia_csv/train.csv", Encoding.UTF8.GetBytes(Good))));
        Assert.Contains("no file dbpedia_csv/test.csv", Assert.Throws<UserException>(() => Dbpedia.Test(Root, Alphabet)).Message);
    }

    [Fact]
    public void A_limit_takes_rows_of_every_class_and_the_same_ones_always()
    {
        // Sorted by class, as the distributor's files are.
        string rows = string.Concat(Enumerable.Range(0, 1_400).Select(i => $"{1 + i / 100},,text {i}\n"));
        _folder.Write("dbpedia/train.csv", Encoding.UTF8.GetBytes(rows));
        _folder.Write("dbpedia/test.csv", Encoding.UTF8.GetBytes(rows));
        DatasetSplits Open(long seed) => DatasetCatalog.Open(new DatasetRequest("dbpedia", TrainLimit: 200, TestLimit: 100, Seed: seed), Root);
        DatasetSplits one = Open(1), two = Open(2);

        Assert.Equal((200, 100), (one.Train.Count, one.Test.Count));
        Assert.Equal(14, Enumerable.Range(0, 200).Select(one.Train.Label).Distinct().Count());
        Assert.Equal(14, Enumerable.Range(0, 100).Select(one.Test.Label).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 200).Select(one.Train.Label), Enumerable.Range(0, 200).Select(two.Train.Label));
    }

    [Fact]
    public void What_makes_no_sense_of_texts_is_refused()
    {
        Write("plain", Encoding.UTF8.GetBytes(Good));
        SequenceDataset data = Dbpedia.Train(Root, Alphabet).Subset([0, 1, 2, 3]);
        ExperimentSpec spec = ExperimentSpec.For("dbpedia") with { Batch = 2, Segment = 4 };
        string Refused(ExperimentSpec wrong) => Assert.Throws<UserException>(() => SpecCheck.Throw(wrong, data)).Message;

        SpecCheck.Throw(spec, data);
        SpecCheck.Throw(new ExperimentSpec { Dataset = "dbpedia", Encoding = InputEncoding.Embedding, Batch = 2, Segment = 4 }, data);
        SpecCheck.Throw(spec with { TokenLoss = TokenLoss.SquaredError, Model = ModelName.Lstm }, data);
        Assert.Contains("Choose Encoding = Embedding", Refused(spec with { Encoding = InputEncoding.Linear }));
        Assert.Contains("the raw encoding", Refused(spec with { Encoding = InputEncoding.Raw }));
        Assert.Contains("no squared error", Refused(spec with { TokenLoss = TokenLoss.SquaredError }));
        Assert.Contains("Side", Assert.Throws<UserException>(() => DatasetCatalog.Open(new DatasetRequest("dbpedia", Side: 7), Root)).Message);
        Assert.Contains("texts, not images", Assert.Throws<UserException>(() => DatasetCatalog.Images("dbpedia", null, Root)).Message);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("r-lstm")]
    [InlineData("p-lstm")]
    public void Real_texts_train_with_little_padding(ModelName model)
    {
        DatasetSplits data = DatasetCatalog.Open(new DatasetRequest("dbpedia", TestLimit: 60, ValidationFraction: 1.0 / 12), RealRoot());
        ExperimentSpec spec = ExperimentSpec.For("dbpedia") with
        {
            Model = model,
            Hidden = 8,
            EncodingSize = 8,
            FeedForwardHidden = 8,
            Batch = 16,
            Truncation = Truncation.Last(100),
            AuxiliaryTruncation = Truncation.Last(50),
            PretrainEpochs = 0.001,
            Steps = 3,
        };
        using var trainer = new Trainer(spec, data with { Validation = data.Validation.Take(20) });
        RunSummary summary = trainer.Run();

        Assert.Equal(3, summary.Steps);
        Assert.InRange(summary.LastTest!.Value, 0, 1);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(32)]
    public void Batches_of_real_texts_are_hardly_padded(int size)
    {
        TextSequences train = Dbpedia.Train(RealRoot(), Alphabet);
        BatchOrder order = BatchOrder.Of(train, size, seed: 1);
        (long steps, long padded) = (0, 0);
        for (int step = 0; step < train.Count / size; step++)
        {
            int[] lengths = [.. order.At(step).ToArray().Select(train.Length)];
            steps += (long)lengths.Max() * size;
            padded += (long)lengths.Max() * size - lengths.Sum();
        }

        double share = (double)padded / steps;
        Assert.True(share is > 0 and < 0.03, $"{share:P1} of the steps are padding");
    }

    [Fact]
    public void The_real_part_has_the_counts_and_lengths_it_is_said_to_have()
    {
        DataRoot root = RealRoot();
        TextSequences train = Dbpedia.Train(root, Alphabet with { MaxLength = null }), test = Dbpedia.Test(root, Alphabet);

        Assert.Equal(14, Enumerable.Range(0, test.Count).Select(test.Label).Distinct().Count());
        Assert.InRange(Enumerable.Range(0, train.Count).Average(train.Length), 250, 350);
        Assert.Equal(400, test.Steps);
        Assert.True(train.Steps > 400);
    }

    private static DataRoot RealRoot()
    {
        string? folder = Environment.GetEnvironmentVariable(DataRoot.EnvironmentVariable);
        Assert.SkipUnless(
            folder is not null && Directory.Exists(Path.Combine(folder, "dbpedia")),
            $"The real DBpedia is not here: set {DataRoot.EnvironmentVariable} to a folder with dbpedia/ in it.");
        return new DataRoot(folder!);
    }

    private string Write(string form, byte[] content) => Write(_folder, form, content);

    private static string Write(TemporaryFolder folder, string form, byte[] content) => form switch
    {
        "plain" => folder.Write("dbpedia/train.csv", content),
        "gzipped" => folder.Write("dbpedia/train.csv.gz", IdxBytes.Gzip(content)),
        _ => folder.Write(form == "archive" ? "dbpedia/dbpedia_csv.tar.gz" : "dbpedia/dbpedia_csv.tgz", Tar(
            ("dbpedia_csv/readme.txt", "not this one"u8.ToArray()), ("dbpedia_csv/test.csv", "1,,x"u8.ToArray()), ("dbpedia_csv/train.csv", content))),
    };

    private static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip))
        {
            foreach ((string name, byte[] content) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return bytes.ToArray();
    }
}
