"""Surnames and given names of English, German and French speakers, most frequent first."""

from __future__ import annotations

_ENGLISH_SURNAMES = """
Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin
Jackson Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill
Green Adams Baker Nelson Hall Campbell Mitchell Carter Roberts Turner Phillips Parker Evans
Edwards Collins Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Bailey Reed Kelly
Howard Cox Ward Richardson Watson Brooks Wood James Bennett Gray Hughes Price Myers Long Foster
Sanders Ross Morales Powell Sullivan Russell Ortiz Jenkins Perry Butler Barnes Fisher Henderson
Coleman Simmons Patterson Jordan Reynolds Hamilton Graham Kim Wallace Griffin West Cole Hayes
Bryant Gibson Ellis Stevens Murray Ford Marshall Owens McDonald Harrison Wells Webb Simpson
Tucker Porter Hunter Hicks Crawford Henry Boyd Mason Kennedy Warren Dixon Burns Gordon Shaw
Holmes Rice Robertson Hunt Black Daniels Palmer Mills Grant Knight Ferguson Rose Stone Hawkins
Dunn Perkins Hudson Spencer Gardner Stephens Payne Pierce Berry Matthews Arnold Wagner Willis
Ray Watkins Olson Carroll Duncan Snyder Hart Cunningham Bradley Lane Andrews Garcia Rodriguez
Martinez Hernandez Lopez Gonzalez Patel Khan Nguyen Chen O'Brien O'Connor O'Neill McCarthy
MacDonald Fitzgerald Doe Whitfield Ashworth Pemberton
"""
_ENGLISH_MEN = """
James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew
Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Timothy Ronald Edward
Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin
Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis Jerry Tyler Aaron Jose Adam Nathan
Henry Douglas Zachary Peter Kyle Walter Ethan Jeremy Harold Keith Christian Roger Noah Gerald
Terry Sean Austin Arthur Lawrence Jesse Dylan Bryan Oliver Harry Alfie Graham Nigel Simon Stuart
Malcolm
"""
_ENGLISH_WOMEN = """
Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty
Margaret Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Dorothy Melissa Deborah
Stephanie Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma
Nicole Helen Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather
Diane Ruth Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan
Andrea Cheryl Hannah Jacqueline Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice
Jean Abigail Alice Charlotte Fiona Gemma
"""
_GERMAN_SURNAMES = """
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer
Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange
Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter
Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich
Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon
Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel
Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch
Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Bach Lindner Ernst Hübner Kramer Beyer Wenzel
Haase Hein Riedel Thiel Barth Ritter Nowak Hansen Petersen Jansen Jensen Böttcher Lutz Sander
Stahl Kern Nagel Dressler Kurz Eberhardt Fink Maurer Ott Schlüter Hauser Bender Rieger Förster
Hesse Paul Geiger Brückner Wirth Kunz Yılmaz Kaya Hermann Reuter Scherer Ebert Urban Zander
Köster Moser Rauch Blum Marx Stark Löffler Schütte Dorn Lauer Heller Straub Grimm Steiner
Hentschel Mertens Reinhardt
"""
_GERMAN_MEN = """
Michael Andreas Peter Thomas Stefan Wolfgang Klaus Jürgen Hans Martin Christian Frank Markus
Bernd Uwe Alexander Matthias Jan Heinz Manfred Dieter Werner Rainer Ralf Jörg Sebastian Daniel
Tobias Florian Tim Lukas Felix Jonas Leon Paul Maximilian Philipp Johannes Karl Helmut Horst
Gerhard Günter Joachim Dirk Sven Torsten Oliver Marco Patrick Dennis Kevin Moritz Julian Niklas
Ben Finn Noah Elias Anton Emil Henrik Ulrich Volker Holger Axel Carsten Detlef Lothar Norbert
Rolf Rüdiger Siegfried Mehmet Ali Benjamin David Simon Fabian Dominik Robert
"""
_GERMAN_WOMEN = """
Maria Sabine Ursula Petra Monika Renate Karin Anna Andrea Susanne Brigitte Claudia Helga
Elisabeth Birgit Angelika Ingrid Nicole Stefanie Gabriele Julia Christina Heike Martina Barbara
Katharina Sandra Silke Anja Kerstin Ute Christine Melanie Daniela Katrin Jutta Anke Cornelia
Tanja Sarah Laura Lisa Lea Lena Hannah Mia Emma Sophie Johanna Franziska Theresa Charlotte Marie
Clara Greta Frieda Ayşe Fatma Nadine Yvonne Vanessa Jana Jasmin Miriam Eva Verena Simone Antje
Dagmar Doris Edith Erika Gisela Hannelore Heidi Ilse Marlene Rosemarie Bärbel Käthe
"""
_FRENCH_SURNAMES = """
Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre
Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent
Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand
Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand
Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière
Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal
Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre
Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert
Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer
Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard
Maillard Baron Bertin Bailly Hervé Schneider Fernandez Collet Léger Bouvier Julien Prévost
Millet Perrot Daniel Cousin Germain Breton Besson Langlois Rémy Pelletier Lévêque Perrier
Leblanc Barré Lebrun Marchal Weber Mallet Hamon Boulanger Jacob Monnier Michaud Rodriguez
Guichard Gillet Étienne Grondin Poulain Tessier Chevallier
"""
_FRENCH_MEN = """
Jean Pierre Michel André Philippe Alain Bernard Nicolas Christophe Patrick Daniel Frédéric
Laurent Stéphane Éric David Pascal Christian Sébastien Gérard Julien Thierry Olivier Jacques
Thomas Alexandre Claude Didier Bruno François Dominique Vincent Guillaume Jérôme Maxime Antoine
Romain Anthony Marc Mathieu Paul Serge Gilles Kévin Benjamin Fabrice Lucas Hugo Louis Arthur
Gabriel Raphaël Jules Adam Léo Nathan Théo Clément Quentin Valentin Florian Cédric Arnaud Yves
Rémi Benoît Fabien Loïc Damien Xavier Ludovic Hervé Roger René Georges Marcel Mohamed
Jean-Pierre Jean-Claude Jean-Luc
"""
_FRENCH_WOMEN = """
Marie Nathalie Isabelle Sylvie Catherine Françoise Valérie Martine Christine Monique Sophie
Sandrine Véronique Nicole Céline Stéphanie Chantal Aurélie Patricia Anne Brigitte Julie
Christiane Laurence Élodie Émilie Virginie Corinne Camille Dominique Caroline Jacqueline Sarah
Karine Laura Pauline Claire Mélanie Michèle Hélène Manon Audrey Florence Léa Emma Chloé Jeanne
Jade Louise Alice Inès Juliette Charlotte Lucie Mathilde Amandine Marine Delphine Laetitia
Jessica Morgane Clara Ophélie Justine Noémie Gisèle Thérèse Geneviève Odette Simone Denise
Colette Josiane Danielle Agnès Béatrice Annie Fatima Anne-Marie Marie-Claude Marie-France
Marie-Hélène
"""


def _parse(block: str) -> tuple[str, ...]:
    return tuple(block.split())


#: language → surnames
SURNAMES = {
    "en": _parse(_ENGLISH_SURNAMES),
    "de": _parse(_GERMAN_SURNAMES),
    "fr": _parse(_FRENCH_SURNAMES),
}

#: (language, sex) → given names
GIVEN_NAMES = {
    ("en", "m"): _parse(_ENGLISH_MEN),
    ("en", "f"): _parse(_ENGLISH_WOMEN),
    ("de", "m"): _parse(_GERMAN_MEN),
    ("de", "f"): _parse(_GERMAN_WOMEN),
    ("fr", "m"): _parse(_FRENCH_MEN),
    ("fr", "f"): _parse(_FRENCH_WOMEN),
}

LANGUAGE_OF_COUNTRY = {"US": "en", "GB": "en", "DE": "de", "FR": "fr"}

NICKNAMES: dict[str, tuple[str, ...]] = {
    "James": ("Jim", "Jimmy"),
    "John": ("Jack", "Johnny"),
    "Robert": ("Bob", "Rob", "Bobby"),
    "Michael": ("Mike", "Mick"),
    "William": ("Bill", "Will", "Billy"),
    "David": ("Dave",),
    "Richard": ("Rick", "Dick", "Rich"),
    "Joseph": ("Joe",),
    "Thomas": ("Tom",),
    "Charles": ("Charlie", "Chuck"),
    "Christopher": ("Chris",),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Anthony": ("Tony",),
    "Donald": ("Don",),
    "Steven": ("Steve",),
    "Stephen": ("Steve",),
    "Andrew": ("Andy", "Drew"),
    "Joshua": ("Josh",),
    "Kenneth": ("Ken",),
    "Edward": ("Ed", "Ted", "Eddie"),
    "Timothy": ("Tim",),
    "Ronald": ("Ron",),
    "Jeffrey": ("Jeff",),
    "Nicholas": ("Nick",),
    "Jonathan": ("Jon",),
    "Benjamin": ("Ben",),
    "Samuel": ("Sam",),
    "Gregory": ("Greg",),
    "Alexander": ("Alex", "Sandy"),
    "Patrick": ("Pat",),
    "Zachary": ("Zach",),
    "Lawrence": ("Larry",),
    "Patricia": ("Pat", "Trish"),
    "Jennifer": ("Jen", "Jenny"),
    "Elizabeth": ("Liz", "Beth", "Betty"),
    "Barbara": ("Barb",),
    "Susan": ("Sue",),
    "Jessica": ("Jess",),
    "Margaret": ("Maggie", "Peggy", "Meg"),
    "Sandra": ("Sandy",),
    "Kimberly": ("Kim",),
    "Amanda": ("Mandy",),
    "Deborah": ("Debbie", "Deb"),
    "Stephanie": ("Steph",),
    "Rebecca": ("Becky",),
    "Cynthia": ("Cindy",),
    "Kathleen": ("Kathy",),
    "Pamela": ("Pam",),
    "Samantha": ("Sam",),
    "Katherine": ("Kate", "Katie", "Kathy"),
    "Catherine": ("Cathy", "Kate"),
    "Christine": ("Chris", "Tina"),
    "Victoria": ("Vicky", "Tori"),
    "Christina": ("Tina", "Chris"),
    "Jacqueline": ("Jackie",),
    "Abigail": ("Abby",),
    "Alexandre": ("Alex",),
    "Maximilian": ("Max",),
    "Katharina": ("Kathi",),
    "Johannes": ("Hannes",),
    "Wolfgang": ("Wolf",),
    "Sebastian": ("Basti",),
    "Stefanie": ("Steffi",),
    "Frédéric": ("Fred",),
    "Stéphanie": ("Steph",),
}
