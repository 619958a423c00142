using System.CommandLine;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss data</c>: what datasets there are, fetching them, and looking at them.</summary>
public static class DataCommand
{
    private const int TextsPerClass = 2;
    private const int MostPerClass = 16;
    private const int LargeSide = 48; // from here on a pixel of the picture is one of the image

    private static readonly string[] UnpackedPlaces =
    [
        "mnist/train-images-idx3-ubyte", "mnist/train-labels-idx1-ubyte", "mnist/t10k-images-idx3-ubyte", "mnist/t10k-labels-idx1-ubyte",
        "dbpedia/train.csv", "dbpedia/train.csv.gz", "dbpedia/test.csv", "dbpedia/test.csv.gz",
        "cifar10/cifar-10-batches-bin", "stanford-dogs/Images", "stanford-dogs/Annotation", "stanford-dogs/train_list.txt",
        "stanford-dogs/test_list.txt",
    ];

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("data", "List the datasets, fetch their files, look at their images and at files of your own.")
    {
        CreateList(), CreateFetch(), CreatePreview(), DataInspectCommand.Create(),
    };

    private static Option<string?> RootOption() =>
        new("--data") { Description = "The data root; else AUXLOSSRNN_DATA, else data/cache.", HelpName = "DIR" };

    private static Command CreateList()
    {
        Option<string?> root = RootOption();
        var command = new Command("list", "List the datasets and which of their files are here.") { root };
        command.SetAction(async (parsed, cancellation) =>
        {
            DataRoot data = DataRoot.Resolve(parsed.GetValue(root));
            AnsiConsole.WriteLine($"Data root: {data.Folder}");
            AnsiConsole.WriteLine($"{DatasetNames.StrokeDigits}: drawn in code, needs no file");
            foreach (ManifestDataset dataset in DataManifest.Embedded.Datasets)
            {
                AnsiConsole.WriteLine($"{dataset.Name}: {dataset.Title} ({dataset.Licence})");
                foreach (ManifestFile file in dataset.Files)
                {
                    string? problem = await file.FindProblemAsync(data.PathOf(file.Path), cancellation);
                    AnsiConsole.WriteLine($"  {(problem is null ? "here" : "    ")}  {file.Path}{(problem is null ? "" : $" ({problem})")}");
                }

                foreach (string place in UnpackedPlaces.Where(place => place.StartsWith(dataset.Name + "/", StringComparison.Ordinal)))
                {
                    if (Path.Exists(data.PathOf(place)))
                    {
                        AnsiConsole.WriteLine($"  here  {place} (read instead of the archive)");
                    }
                }
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateFetch()
    {
        var name = new Argument<string>("NAME") { Description = "mnist, cifar10, dbpedia or stanford-dogs." };
        Option<string?> root = RootOption();
        var command = new Command("fetch", "Download a dataset's files from their distributors, and verify them.") { name, root };
        command.SetAction(async (parsed, cancellation) =>
        {
            await FetchAsync(DataManifest.Embedded.Find(parsed.GetValue(name)!), DataRoot.Resolve(parsed.GetValue(root)), cancellation);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task FetchAsync(ManifestDataset dataset, DataRoot root, CancellationToken cancellation)
    {
        AnsiConsole.WriteLine($"{dataset.Title}. Licence: {dataset.Licence}. Cite: {dataset.Citation}");
        using var downloader = new Downloader();
        foreach (ManifestFile file in dataset.Files)
        {
            FetchOutcome outcome = Console.IsOutputRedirected
                ? await downloader.FetchAsync(file, root, null, cancellation)
                : await AnsiConsole.Progress()
                    .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
                    .StartAsync(progress =>
                    {
                        ProgressTask bar = progress.AddTask(Markup.Escape(file.Path), maxValue: file.Size ?? 1);
                        return downloader.FetchAsync(file, root, new BarProgress(bar), cancellation);
                    });
            AnsiConsole.WriteLine($"{(outcome == FetchOutcome.Fetched ? "fetched" : "already here")}: {root.PathOf(file.Path)}");
        }
    }

    private static Command CreatePreview()
    {
        var name = new Argument<string>("NAME") { Description = $"{string.Join(", ", DatasetCatalog.Names)}." };
        var output = new Option<string>("--out") { Description = "The PNG file; for texts a text file, or none to print them.", HelpName = "FILE" };
        var side = new Option<int?>("--side") { Description = "The side in pixels, as in training." };
        Option<string?> root = RootOption();
        var command = new Command("preview", "Write a picture of a dataset's images, a row a class, or some of its texts.") { name, output, side, root };
        command.SetAction((parsed, cancellation) =>
        {
            DataRoot data = DataRoot.Resolve(parsed.GetValue(root));
            string? path = OutputFile.Require(parsed.GetValue(output));

            if (parsed.GetValue(name) == Dbpedia.Name)
            {
                PreviewTexts(path, data);
                return Task.FromResult(ExitCodes.Done);
            }

            if (path is null)
            {
                throw new UserException("A picture needs a file: give a PNG file with --out.");
            }

            if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            {
                throw new UserException($"--out is {path}, but the picture is a PNG: name a file that ends in .png.");
            }

            ByteImages images = DatasetCatalog.Images(
                parsed.GetValue(name)!, parsed.GetValue(side), data, new PreparationDisplay(), cancellation);
            int perClass = Math.Clamp(images.Labels.CountBy(label => label).Min(kind => kind.Value), 1, MostPerClass);
            ContactSheet.WritePng(ContactSheet.ByClass(images, perClass), perClass, path, scale: images.Side < LargeSide ? 2 : 1);
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {perClass} images of each of {images.Classes} classes"));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void PreviewTexts(string? path, DataRoot root)
    {
        string text = string.Concat(
            from one in DatasetCatalog.Texts(TextsPerClass, root)
            from line in one.Texts
            select $"{one.Class}: {line.ReplaceLineEndings(" / ")}{Environment.NewLine}");
        if (path is null)
        {
            Console.Write(text);
            return;
        }

        AtomicFile.WriteText(path, text);
        AnsiConsole.WriteLine($"{path}: {TextsPerClass} texts of each of {Dbpedia.ClassNames.Count} classes");
    }

    private sealed class BarProgress(ProgressTask bar) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            bar.MaxValue = value.Total ?? Math.Max(1, value.Done);
            bar.Value = value.Done;
        }

    }
}
