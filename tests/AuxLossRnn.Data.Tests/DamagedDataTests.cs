using System.Globalization;
using System.Text;
using SkiaSharp;

namespace AuxLossRnn.Data.Tests;

/// <summary>Every format of data that is read, damaged in many ways: a refusal that names the file, and nothing else.</summary>
public sealed class DamagedDataTests : IDisposable
{
    private const string Dogs = "b-Beagle/1.jpg\na-Akita/1.jpg\n";
    private const string OtherDogs = "a-Akita/2.jpg\n";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Formats { get; } = new(
        "table", "table without header", "long table", "array", "array in Fortran order", "text labels", "number labels",
        "image.png", "image.jpg", "image.webp", "image.gif", "image.bmp", "IDX images", "IDX labels", "gzipped IDX images", "CIFAR records", "CIFAR archive",
        "DBpedia table", "gzipped DBpedia table", "DBpedia archive", "list of dogs", "MATLAB list of dogs", "archive of dogs", "box of a dog", "archive of boxes", "prepared manifest", "prepared labels");

    private DataRoot Root => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Some_damage_is_read_or_refused_by_name(string format) => Damage(format, seed: 1, copies: 40);

    [Theory]
    [MemberData(nameof(Formats))]
    [Trait("Category", "Slow")]
    public void Much_damage_is_read_or_refused_by_name(string format) => Damage(format, seed: 2, copies: 500);

    private void Damage(string format, int seed, int copies)
    {
        (string path, Action read) = Case(format);
        DamagedCopies.Refused(path, seed, copies, Path.GetFileName(path), read);
    }

    private (string Path, Action Read) Case(string format)
    {
        string rows = string.Join('\n', Enumerable.Range(0, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "walk" : "run")},{i}.5,-{i}e1,\"{i}\",0")));
        string steps = string.Join('\n', Enumerable.Range(0, 24).Select(i => $"{(char)('a' + i / 4)},{1_700_000_000 + i},{i % 7}.25,{(i / 4 % 2 == 0 ? "walk" : "run")}"));
        switch (format)
        {
            case "table":
                return Own(_folder.Write("table.csv", $"label,a,b,c,d\n{rows}\n"), path => OwnSequences.FromCsv(path, "label", channels: 2, lengthsDiffer: true));
            case "table without header":
                return Own(_folder.Write("table.csv", rows), path => OwnSequences.FromCsv(path, 0, header: false));
            case "long table":
                return Own(_folder.Write("long.csv", $"id,time,value,label\n{steps}\n"), path => OwnSequences.FromLongCsv(path, "id", "time", "label"));
            case "array":
                return Own(_folder.Write("x.npy", Resource("f8")), path => OwnSequences.FromNpy(path, lengthsDiffer: true, channelsFirst: true));
            case "array in Fortran order":
                return Own(_folder.Write("x.npy", Resource("f4-fortran")), path => OwnSequences.FromNpy(path));
            case "text labels" or "number labels":
                string values = _folder.Write("x.npy", Resource("f4"));
                return Own(_folder.Write("y.npy", Resource(format == "text labels" ? "labels-U" : "labels-i8")), path => OwnSequences.FromNpy(values, path));
            case "image.gif" or "image.bmp" or "image.png" or "image.jpg" or "image.webp":
                _folder.Write($"pictures/b/good.png", Picture(SKEncodedImageFormat.Png));
                return Own(_folder.Write($"pictures/a/{format}", Picture(format)), _ => OwnSequences.FromImages(_folder["pictures"], 4));
            case "IDX images" or "gzipped IDX images":
                byte[] images = IdxBytes.Images(3, 4, 4, [.. Enumerable.Range(0, 48).Select(i => (byte)i)]);
                string labels = _folder.Write("labels", IdxBytes.Labels(1, 2, 3));
                return Own(_folder.Write("images-idx3", format == "IDX images" ? images : IdxBytes.Gzip(images)), path => IdxFile.Read(path, labels));
            case "IDX labels":
                string pictures = _folder.Write("images", IdxBytes.Images(3, 1, 1, [1, 2, 3]));
                return Own(_folder.Write("labels-idx1", IdxBytes.Labels(1, 2, 3)), path => IdxFile.Read(pictures, path));
            case "CIFAR records":
                foreach (string name in CifarBytes.Names)
                {
                    _folder.Write($"cifar10/cifar-10-batches-bin/{name}", CifarBytes.File([1], new byte[3072]));
                }

                return (_folder["cifar10/cifar-10-batches-bin/data_batch_3.bin"], () => Cifar10.Read(Root, 1));
            case "CIFAR archive":
                byte[] archive = CifarBytes.Gzip(CifarBytes.Tar(CifarBytes.Names.Select(name => ($"cifar-10-batches-bin/{name}", CifarBytes.File([1], new byte[3072])))));
                return (_folder.Write("cifar10/cifar-10-binary.tar.gz", archive), () => Cifar10.Read(Root, 1));
            case "DBpedia table" or "gzipped DBpedia table" or "DBpedia archive":
                byte[] texts = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 14).Select(i => $"{i},\"A title, {i}\",\"Some \"\"text\"\", Ünder and more.\"\n")));
                (string file, byte[] content) = format switch
                {
                    "DBpedia table" => ("train.csv", texts),
                    "DBpedia archive" => ("dbpedia_csv.tar.gz", IdxBytes.Gzip(CifarBytes.Tar(("dbpedia_csv/train.csv", texts)))),
                    _ => ("train.csv.gz", IdxBytes.Gzip(texts)),
                };
                return (_folder.Write($"dbpedia/{file}", content), () => Dbpedia.Train(Root, new TextOptions()));
            default:
                return DogCase(format);
        }
    }

    private (string Path, Action Read) DogCase(string format)
    {
        string[] names = [.. (Dogs + OtherDogs).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string name in names)
        {
            _folder.Write($"stanford-dogs/Images/{name}", Picture(SKEncodedImageFormat.Jpeg));
            _folder.Write($"stanford-dogs/Annotation/{Path.ChangeExtension(name, null)}", Box);
        }

        string list = _folder.Write("stanford-dogs/train_list.txt", Dogs);
        string other = _folder.Write("stanford-dogs/test_list.txt", OtherDogs);
        switch (format)
        {
            case "list of dogs":
                return (list, () => StanfordDogs.List(Root, "train"));
            case "MATLAB list of dogs":
                File.Delete(list);
                File.Delete(other);
                byte[] Mat(string text) => MatlabBytes.File(compressed: true, ("file_list", MatlabBytes.Cells("file_list", text.Split('\n', StringSplitOptions.RemoveEmptyEntries), encoding: 4)));
                return (_folder.Write("stanford-dogs/lists.tar", CifarBytes.Tar(("train_list.mat", Mat(Dogs)), ("test_list.mat", Mat(OtherDogs)))), () => StanfordDogs.List(Root, "train"));
            case "archive of dogs":
                Directory.Delete(_folder["stanford-dogs/Images"], recursive: true);
                return (_folder.Write("stanford-dogs/images.tar", CifarBytes.Tar(names.Select(name => ($"Images/{name}", Picture(SKEncodedImageFormat.Jpeg))))), () => Prepare(anew: true));
            case "archive of boxes":
                Directory.Delete(_folder["stanford-dogs/Annotation"], recursive: true);
                return (_folder.Write("stanford-dogs/annotation.tar", CifarBytes.Tar(names.Select(name => ($"Annotation/{Path.ChangeExtension(name, null)}", Encoding.UTF8.GetBytes(Box))))), () => Prepare(anew: true));
            case "box of a dog":
                return (_folder["stanford-dogs/Annotation/a-Akita/1"], () => StanfordDogs.List(Root, "train", boundingBox: true));
            default:
                Prepare(anew: false);
                string prepared = Directory.EnumerateFiles(_folder["prepared"], format == "prepared manifest" ? "manifest.json" : "labels.u8", SearchOption.AllDirectories).Single();
                return (prepared, () => Prepare(anew: false));
        }
    }

    private const string Box = "<annotation><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>7</xmax><ymax>5</ymax></bndbox></object></annotation>";

    private void Prepare(bool anew)
    {
        if (anew && Directory.Exists(_folder["prepared"]))
        {
            Directory.Delete(_folder["prepared"], recursive: true);
        }

        ImagePreparation.Open(StanfordDogs.List(Root, "train", boundingBox: true), new PreparationOptions(Side: 4), [_folder["prepared"]]);
    }

    private static (string, Action) Own(string path, Func<string, object> read) => (path, () => read(path));

    private static byte[] Picture(string name) => Path.GetExtension(name) switch
    {
        ".gif" => [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 255, 0, 0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0a, 0, 0x3b],
        ".bmp" => [.. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, .. new byte[16], .. new byte[16]],
        ".png" => Picture(SKEncodedImageFormat.Png),
        ".webp" => Picture(SKEncodedImageFormat.Webp),
        _ => Picture(SKEncodedImageFormat.Jpeg),
    };

    private static byte[] Picture(SKEncodedImageFormat format) => ImageBytes.Random(12, 8, seed: 3, format).File;

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(DamagedDataTests).Assembly.GetManifestResourceStream($"{name}.npy")!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
