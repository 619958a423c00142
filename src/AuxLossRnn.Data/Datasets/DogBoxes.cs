using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>The bounding boxes of Stanford Dogs: an XML file a photograph.</summary>
internal static class DogBoxes
{
    /// <summary>Reads the boxes of some photographs; of the first dog, where there are several.</summary>
    /// <param name="folder">The folder <c>stanford-dogs</c>.</param>
    /// <param name="photographs">Names such as <c>n02085620-Chihuahua/n02085620_10621.jpg</c>.</param>
    /// <exception cref="UserException">An annotation is missing or malformed.</exception>
    public static ImageArea[] Read(string folder, IReadOnlyList<string> photographs)
    {
        FileTree annotations = FileTree.Find(folder, "Annotation", "annotation.tar") ?? throw new UserException(
            $"The bounding boxes of Stanford Dogs are not here: there is neither the folder '{Path.Combine(folder, "Annotation")}' nor "
            + $"'{Path.Combine(folder, "annotation.tar")}'. Fetch them with `auxloss data fetch {StanfordDogs.Name}`, or go without ‹BoundingBox›.");
        string[] names = [.. photographs.Select(name => Path.ChangeExtension(name, null))];
        var boxes = new ImageArea?[names.Length];
        foreach ((int index, byte[] bytes) in annotations.Read(names))
        {
            boxes[index] = Parse(bytes, $"'{names[index]}' in '{annotations.Path}'");
        }

        int missing = Array.IndexOf(boxes, null);
        return missing < 0
            ? [.. boxes.Select(box => box!.Value)]
            : throw new UserException(
                $"{boxes.Count(box => box is null):N0} of {names.Length:N0} photographs have no bounding box in '{annotations.Path}', the "
                + $"first is '{names[missing]}'. Place them there, or go without ‹BoundingBox›.");
    }

    private static ImageArea Parse(byte[] bytes, string where)
    {
        try
        {
            XElement box = XDocument.Load(new MemoryStream(bytes)).Descendants("bndbox").FirstOrDefault()
                ?? throw new FormatException("it has no <bndbox>.");
            double Edge(string name) => double.TryParse(box.Element(name)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double edge)
                && double.IsFinite(edge)
                ? edge
                : throw new FormatException($"<{name}> is {(box.Element(name) is XElement found ? $"'{found.Value}'" : "missing")}.");
            (double left, double top, double right, double bottom) = (Edge("xmin"), Edge("ymin"), Edge("xmax"), Edge("ymax"));
            return right > left && bottom > top
                ? new ImageArea(left, top, right - left, bottom - top)
                : throw new FormatException($"the box from ({left}, {top}) to ({right}, {bottom}) is empty.");
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new UserException(
                $"The annotation {where} is malformed: {e.Message} Expected XML with a <bndbox> of <xmin>, <ymin>, <xmax> and <ymax> in "
                + "pixels. Replace it, or go without ‹BoundingBox›.", e);
        }
    }
}
